pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// The saved daemons; one is in use.
Panel {
    id: list

    required property SettingsModel settings

    signal edit(int row, string name, string address, string certificate, bool hasToken)

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.gap

        RowLayout {
            SectionTitle {
                Layout.fillWidth: true
                text: qsTr("Daemons")
            }

            ActionButton {
                objectName: "addDaemonButton"
                text: qsTr("Add")
                Accessible.name: qsTr("Add a daemon")
                onClicked: list.edit(-1, "", "", "", false)
            }
        }

        ButtonGroup {
            id: group
        }

        Repeater {
            model: list.settings

            SavedDaemon {
                Layout.fillWidth: true
                group: group
                isCurrent: index === list.settings.current
                onSelected: list.settings.select(index)
                onRemoved: list.settings.remove(index)
                onEdited: list.edit(index, name, address, certificate, hasToken)
            }
        }
    }
}
