import QtQuick
import QtQuick.Layouts
import HwLedger

// How good the predictions were.
PageScroll {
    id: view

    required property LedgerModel ledger

    objectName: "accuracyView"

    GridLayout {
        width: parent.width
        columns: width >= 820 ? 2 : 1
        columnSpacing: Theme.margin
        rowSpacing: Theme.margin

        Panel {
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.alignment: Qt.AlignTop

            ColumnLayout {
                anchors.fill: parent
                spacing: Theme.gap

                SectionTitle {
                    text: qsTr("Measured over predicted")
                }

                ScatterChart {
                    objectName: "scatterChart"
                    Layout.fillWidth: true
                    entries: view.ledger
                }
            }
        }

        Panel {
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.alignment: Qt.AlignTop

            AccuracyTable {
                anchors.fill: parent
                accuracy: view.ledger.accuracy
            }
        }
    }
}
