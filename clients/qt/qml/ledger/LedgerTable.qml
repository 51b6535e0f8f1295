pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// What was loaded, the newest first; more is fetched at the end.
ListView {
    id: table

    required property LedgerModel ledger

    // Also where what there is, or what the search found of it, leaves room.
    readonly property bool wantsMore: atYEnd && ledger.hasMore && !ledger.busy

    function fetchMore() {
        if (wantsMore)
            ledger.fetchMoreEntries();
    }

    objectName: "ledgerTable"
    leftMargin: Theme.margin
    rightMargin: Theme.margin
    bottomMargin: Theme.margin
    clip: true
    model: ledger
    boundsBehavior: Flickable.StopAtBounds
    activeFocusOnTab: count > 0
    highlightMoveDuration: 0
    headerPositioning: ListView.OverlayHeader
    Accessible.role: Accessible.Table
    Accessible.name: qsTr("Loads")
    ScrollBar.vertical: ScrollBar {}

    onWantsMoreChanged: Qt.callLater(fetchMore)

    header: LedgerHeading {
        width: table.width - 2 * Theme.margin
        z: 2
    }

    delegate: LedgerRow {
        width: table.width - 2 * Theme.margin
        current: ListView.isCurrentItem && table.activeFocus
    }

    EmptyText {
        anchors.centerIn: parent
        width: Math.min(parent.width, 460)
        visible: table.count === 0
        text: table.ledger.busy ? qsTr("Reading the ledger…") : table.ledger.search !== "" ? qsTr("No load matches the search.") : qsTr("Nothing has been loaded yet.")
    }
}
