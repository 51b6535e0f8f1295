pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// The way to the pages: Ctrl+1 to Ctrl+6, or the arrow keys once it has focus.
Pane {
    id: rail

    property bool wide: true
    property int current: 0
    readonly property string currentTitle: entries[current].title

    readonly property list<var> entries: [
        {
            "name": "Planner",
            "title": qsTr("Planner")
        },
        {
            "name": "Run",
            "title": qsTr("Run")
        },
        {
            "name": "Library",
            "title": qsTr("Library")
        },
        {
            "name": "Devices",
            "title": qsTr("Devices")
        },
        {
            "name": "Ledger",
            "title": qsTr("Ledger")
        },
        {
            "name": "Settings",
            "title": qsTr("Settings")
        }
    ]

    padding: Theme.gap

    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Pages")

    background: Rectangle {
        color: Theme.base

        Rectangle {
            anchors.right: parent.right
            width: 1
            height: parent.height
            color: Theme.line
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 4

        Repeater {
            model: rail.entries

            NavigationButton {
                required property var modelData
                required property int index

                objectName: "nav" + modelData.name
                Layout.fillWidth: true
                wide: rail.wide
                text: modelData.title
                symbol: "qrc:/icons/" + modelData.name.toLowerCase() + ".svg"
                shortcut: "Ctrl+" + (index + 1)
                checked: rail.current === index
                onClicked: rail.current = index
                Keys.onDownPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
                Keys.onUpPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
            }
        }

        Item {
            Layout.fillHeight: true
        }
    }
}
