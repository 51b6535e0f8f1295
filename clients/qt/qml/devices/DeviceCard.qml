import QtQuick
import QtQuick.Layouts
import HwLedger

Panel {
    id: card

    required property string name
    required property string description
    required property string kindText
    required property string totalText
    required property string freeText
    required property real totalBytes
    required property string bandwidthText
    required property string flopsText
    required property string utilizationText
    required property string temperatureText
    required property list<real> utilizationHistory
    required property list<real> freeHistory
    required property int historyLength

    objectName: "deviceCard"

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        RowLayout {
            spacing: Theme.gap

            SectionTitle {
                text: card.name
            }

            ElidedText {
                Layout.fillWidth: true
                text: card.description === "" ? card.kindText : qsTr("%1 · %2").arg(card.kindText).arg(card.description)
                color: Theme.muted
            }
        }

        Flow {
            Layout.fillWidth: true
            spacing: 24

            CaptionedText {
                caption: qsTr("Memory")
                text: card.totalText
            }

            CaptionedText {
                caption: qsTr("Bandwidth")
                text: card.bandwidthText
            }

            CaptionedText {
                caption: qsTr("Computing")
                text: card.flopsText
            }

            CaptionedText {
                caption: qsTr("Temperature")
                text: card.temperatureText
            }
        }

        GridLayout {
            Layout.fillWidth: true
            columns: width >= 620 ? 2 : 1
            uniformCellWidths: true
            columnSpacing: Theme.margin
            rowSpacing: 12

            LineChart {
                objectName: "freeChart"
                Layout.fillWidth: true
                label: qsTr("Free memory")
                currentText: card.freeText
                values: card.freeHistory
                valuesMax: card.historyLength
                maximum: card.totalBytes
                maximumText: card.totalText
            }

            LineChart {
                objectName: "utilizationChart"
                Layout.fillWidth: true
                label: qsTr("Utilization")
                currentText: card.utilizationText
                values: card.utilizationHistory
                valuesMax: card.historyLength
                maximum: 100
                maximumText: qsTr("100 %")
                stroke: Theme.caution
            }
        }
    }
}
