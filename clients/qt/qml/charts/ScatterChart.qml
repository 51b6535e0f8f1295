pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Shapes
import HwLedger

// Measured over predicted memory, both logarithmic. On the diagonal they agree.
Item {
    id: chart

    required property LedgerModel entries

    // Powers of two that the axes span.
    property int low: 20
    property int high: 30
    readonly property int step: Math.max(1, Math.ceil((high - low) / 5))
    readonly property int ticks: Math.floor((high - low) / step) + 1

    function place(bytes: real): real {
        return (Math.log2(Math.max(bytes, 1)) - low) / (high - low);
    }

    function tickText(exponent: int): string {
        return Math.pow(2, exponent % 10) + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][Math.floor(exponent / 10)];
    }

    function fit() {
        let least = Infinity;
        let most = 0;
        for (let row = 0; row < points.count; ++row) {
            const point = points.itemAt(row) as ScatterPoint;
            if (!point || !point.shown)
                continue;
            least = Math.min(least, point.predictedBytes, point.measuredBytes);
            most = Math.max(most, point.predictedBytes, point.measuredBytes);
        }
        if (most === 0)
            return;
        low = Math.floor(Math.log2(least));
        high = Math.max(low + 1, Math.ceil(Math.log2(most)));
    }

    implicitWidth: 420
    implicitHeight: 360
    Accessible.role: Accessible.Chart
    Accessible.name: qsTr("Measured over predicted memory of %1 loads").arg(points.count)

    Rectangle {
        id: plot

        anchors.fill: parent
        anchors.leftMargin: 78
        anchors.rightMargin: Theme.margin
        anchors.topMargin: Theme.margin
        anchors.bottomMargin: 52
        color: Theme.window
        border.color: Theme.line

        Repeater {
            model: chart.ticks

            ScatterTick {
                required property int index

                x: 0
                y: 0
                area: plot
                text: chart.tickText(chart.low + index * chart.step)
                place: index * chart.step / (chart.high - chart.low)
            }
        }

        Shape {
            anchors.fill: parent
            preferredRendererType: Shape.CurveRenderer

            ShapePath {
                strokeColor: Theme.muted
                strokeStyle: ShapePath.DashLine
                startX: 0
                startY: plot.height

                PathLine {
                    x: plot.width
                    y: 0
                }
            }
        }

        Repeater {
            id: points

            model: chart.entries
            onItemAdded: Qt.callLater(chart.fit)
            onItemRemoved: Qt.callLater(chart.fit)

            ScatterPoint {
                x: chart.place(predictedBytes) * plot.width - width / 2
                y: (1 - chart.place(measuredBytes)) * plot.height - height / 2
                onPredictedBytesChanged: Qt.callLater(chart.fit)
                onMeasuredBytesChanged: Qt.callLater(chart.fit)
            }
        }
    }

    FieldLabel {
        anchors.bottom: parent.bottom
        anchors.horizontalCenter: plot.horizontalCenter
        text: qsTr("Predicted")
    }

    FieldLabel {
        x: height / 2 - width / 2
        anchors.verticalCenter: plot.verticalCenter
        rotation: -90
        text: qsTr("Measured")
    }
}
