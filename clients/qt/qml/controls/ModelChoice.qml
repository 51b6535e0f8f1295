import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A line of the model chooser's list.
ItemDelegate {
    id: choice

    required property string modelId
    required property string sourceText
    required property string detailText
    required property string sizeText
    required property bool isLocal

    readonly property color ink: highlighted ? Theme.accentInk : Theme.text
    readonly property color quietInk: highlighted ? Theme.accentInk : Theme.muted

    padding: 8
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: modelId
    Accessible.description: detail.text

    contentItem: ColumnLayout {
        spacing: 0

        RowLayout {
            ElidedText {
                Layout.fillWidth: true
                text: choice.modelId
                color: choice.ink
                elide: Text.ElideMiddle
                font.weight: choice.isLocal ? Font.DemiBold : Font.Normal
            }

            Label {
                text: choice.sizeText
                color: choice.quietInk
            }
        }

        ElidedText {
            id: detail

            Layout.fillWidth: true
            text: choice.detailText === "" ? choice.sourceText : qsTr("%1 · %2").arg(choice.sourceText).arg(choice.detailText)
            color: choice.quietInk
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: choice.highlighted ? Theme.accent : choice.hovered ? Theme.raised : "transparent"
    }
}
