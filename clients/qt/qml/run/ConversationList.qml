pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: list

    required property RunModel run

    spacing: 4

    SectionTitle {
        text: qsTr("Conversations")
    }

    EmptyText {
        Layout.fillWidth: true
        visible: entries.count === 0
        text: qsTr("None yet")
    }

    Repeater {
        id: entries

        model: list.run.conversations

        Conversation {
            Layout.fillWidth: true
            isCurrent: index === list.run.conversations.current
            onOpened: list.run.conversations.open(index)
            onRemoved: list.run.conversations.remove(index)
        }
    }
}
