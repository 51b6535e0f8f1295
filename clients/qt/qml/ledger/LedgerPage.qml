import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: page

    required property Session session

    objectName: "ledgerPage"
    spacing: Theme.gap

    RowLayout {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.bottomMargin: 0
        spacing: Theme.gap

        TabBar {
            id: tabs

            objectName: "ledgerTabs"
            background: null

            PageTab {
                text: qsTr("Loads")
            }

            PageTab {
                text: qsTr("Accuracy")
            }
        }

        SearchBox {
            objectName: "ledgerSearch"
            Layout.fillWidth: true
            placeholderText: qsTr("Search loads")
            text: page.session.ledger.search
            onSearched: words => page.session.ledger.search = words
        }

        ActionButton {
            objectName: "ledgerRefresh"
            implicitHeight: 36
            text: qsTr("Refresh")
            enabled: !page.session.ledger.busy
            onClicked: page.session.ledger.refresh()
        }
    }

    FailureText {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        failure: page.session.ledger.failure
    }

    StackLayout {
        currentIndex: tabs.currentIndex

        LedgerTable {
            ledger: page.session.ledger
        }

        AccuracyView {
            ledger: page.session.ledger
        }
    }
}
