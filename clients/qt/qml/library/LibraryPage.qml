pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: page

    required property Session session

    objectName: "libraryPage"
    spacing: Theme.gap

    RowLayout {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.bottomMargin: 0
        spacing: Theme.gap

        SearchBox {
            objectName: "librarySearch"
            Layout.fillWidth: true
            placeholderText: qsTr("Search models")
            text: page.session.library.search
            onSearched: words => page.session.library.search = words
        }

        Toggle {
            objectName: "catalogueSwitch"
            text: qsTr("Also models that are not on this machine")
            checked: page.session.library.catalogue
            onToggled: page.session.library.catalogue = checked
        }

        ActionButton {
            objectName: "libraryRefresh"
            implicitHeight: 36
            text: qsTr("Refresh")
            enabled: !page.session.library.busy
            onClicked: page.session.library.refresh()
        }
    }

    FailureText {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        failure: page.session.library.failure
    }

    ListView {
        id: list

        objectName: "libraryList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        leftMargin: Theme.margin
        rightMargin: Theme.margin
        bottomMargin: Theme.margin
        spacing: Theme.gap
        clip: true
        model: page.session.library
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Models")
        ScrollBar.vertical: ScrollBar {}

        delegate: LibraryEntry {
            width: list.width - 2 * Theme.margin
            library: page.session.library
            onActiveFocusedChanged: {
                if (activeFocused)
                    list.positionViewAtIndex(index, ListView.Contain);
            }
        }

        EmptyText {
            anchors.centerIn: parent
            width: Math.min(parent.width, 460)
            visible: list.count === 0
            text: page.session.library.busy ? qsTr("Looking for models…") : page.session.library.search !== "" ? qsTr("No model matches the search.") : qsTr("No models were found on this machine.")
        }
    }
}
