import QtQuick
import QtQuick.Layouts
import HwLedger

// Figures, options and earlier conversations.
Panel {
    id: side

    required property RunModel run

    padding: 0

    PageScroll {
        anchors.fill: parent

        ColumnLayout {
            width: parent.width
            spacing: Theme.margin

            GridLayout {
                Layout.fillWidth: true
                columns: 2
                uniformCellWidths: true
                columnSpacing: Theme.gap
                rowSpacing: Theme.gap

                CaptionedText {
                    objectName: "tokensPerSecond"
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    caption: qsTr("Speed")
                    text: side.run.tokensPerSecondText
                }

                CaptionedText {
                    objectName: "firstToken"
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    caption: qsTr("First token")
                    text: side.run.firstTokenText
                }

                CaptionedText {
                    objectName: "predictedMemory"
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    caption: qsTr("Predicted")
                    text: side.run.predictedText
                }

                CaptionedText {
                    objectName: "measuredMemory"
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    caption: qsTr("Measured")
                    text: side.run.measuredText
                }
            }

            RunOptions {
                Layout.fillWidth: true
                run: side.run
            }

            ConversationList {
                Layout.fillWidth: true
                run: side.run
            }
        }
    }
}
