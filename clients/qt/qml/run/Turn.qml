import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// What one of the two said.
Pane {
    id: turn

    required property string speaker
    required property string text
    required property string reasoning
    required property bool isStreaming
    required property var failure
    required property string figuresText
    required property string endText

    readonly property bool byUser: speaker === "user"

    padding: 12
    Accessible.role: Accessible.ListItem
    Accessible.name: qsTr("%1: %2").arg(speakerLabel.text).arg(text)

    background: Rectangle {
        radius: Theme.radius
        color: turn.byUser ? Theme.raised : Theme.base
        border.color: Theme.line
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 6

        RowLayout {
            Layout.fillWidth: true

            FieldLabel {
                id: speakerLabel

                Layout.fillWidth: true
                text: turn.byUser ? qsTr("You") : qsTr("Model")
                font.weight: Font.DemiBold
            }

            CopyButton {
                implicitHeight: 26
                quiet: true
                visible: !turn.isStreaming && turn.text !== ""
                content: turn.text
                subject: speakerLabel.text
            }
        }

        Reasoning {
            Layout.fillWidth: true
            visible: content !== ""
            content: turn.reasoning
            thinking: turn.isStreaming && turn.text === ""
        }

        MarkdownView {
            objectName: "turnText"
            Layout.fillWidth: true
            visible: content !== ""
            content: turn.text
            formatted: !turn.byUser
        }

        FailureText {
            Layout.fillWidth: true
            failure: turn.failure
        }

        FieldLabel {
            objectName: "turnFigures"
            Layout.fillWidth: true
            visible: text !== ""
            text: [turn.figuresText, turn.endText].filter(part => part !== "").join(" · ")
        }
    }
}
