import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// Enter sends, Shift+Enter begins a line.
RowLayout {
    id: box

    required property RunModel run

    readonly property bool ready: run.state === RunModel.Idle && run.modelId !== "" && prompt.text.trim() !== ""

    function send() {
        if (!ready)
            return;
        run.send(prompt.text);
        prompt.clear();
    }

    spacing: Theme.gap

    ScrollView {
        Layout.fillWidth: true
        Layout.preferredHeight: Math.max(40, Math.min(prompt.implicitHeight, 160))

        TextArea {
            id: prompt

            objectName: "promptField"
            placeholderText: box.run.chat ? qsTr("Write a message") : qsTr("Write the beginning of a text")
            padding: 10
            wrapMode: TextArea.Wrap
            selectByMouse: true
            KeyNavigation.priority: KeyNavigation.BeforeItem
            KeyNavigation.tab: sendButton
            Accessible.name: placeholderText
            Accessible.description: qsTr("Enter sends, Shift+Enter begins a new line")

            Keys.onPressed: event => {
                const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
                if (!enter || event.modifiers & Qt.ShiftModifier)
                    return;
                event.accepted = true;
                box.send();
            }

            background: FieldFrame {
                focused: prompt.activeFocus
            }
        }
    }

    ActionButton {
        id: sendButton

        objectName: "sendButton"
        Layout.alignment: Qt.AlignBottom
        implicitHeight: 40
        primary: true
        enabled: box.ready
        text: qsTr("Send")
        onClicked: box.send()
    }
}
