import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import QtQuick.Shapes
import HwLedger

// The last values of a measure, the newest at the right.
ColumnLayout {
    id: chart

    required property string label
    required property string currentText
    // Oldest first.
    required property list<real> values
    required property int valuesMax
    // What the top of the chart stands for.
    required property real maximum
    required property string maximumText
    property color stroke: Theme.accent

    spacing: 4
    Accessible.role: Accessible.Chart
    Accessible.name: qsTr("%1: %2").arg(label).arg(currentText)

    RowLayout {
        spacing: Theme.gap

        FieldLabel {
            Layout.fillWidth: true
            text: chart.label
            wrapMode: Text.NoWrap
            elide: Text.ElideRight
            Accessible.ignored: true
        }

        Label {
            text: chart.currentText
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
    }

    Rectangle {
        id: plot

        readonly property list<point> points: chart.values.map((value, index) => Qt.point((width - 4) * (1 - (chart.values.length - 1 - index) / (chart.valuesMax - 1)), (height - 4) * (1 - value / Math.max(chart.maximum, 1))))

        Layout.fillWidth: true
        Layout.fillHeight: true
        implicitHeight: 90
        color: Theme.window
        border.color: Theme.line

        FieldLabel {
            x: 4
            y: 2
            text: chart.maximumText
            font.pointSize: 8
            Accessible.ignored: true
        }

        Shape {
            anchors.fill: parent
            anchors.margins: 2
            visible: chart.values.length > 1
            preferredRendererType: Shape.CurveRenderer

            ShapePath {
                strokeColor: chart.stroke
                strokeWidth: 2
                fillColor: "transparent"
                joinStyle: ShapePath.RoundJoin

                PathPolyline {
                    path: plot.points
                }
            }

            ShapePath {
                strokeColor: "transparent"
                fillColor: Qt.alpha(chart.stroke, 0.15)

                PathPolyline {
                    path: plot.points.length === 0 ? [] : [Qt.point(plot.points[0].x, plot.height - 4), ...plot.points, Qt.point(plot.width - 4, plot.height - 4)]
                }
            }
        }

        EmptyText {
            anchors.centerIn: parent
            visible: chart.values.length === 0
            text: qsTr("Not reported")
        }
    }
}
