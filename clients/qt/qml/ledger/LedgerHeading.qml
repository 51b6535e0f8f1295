import QtQuick
import HwLedger

Rectangle {
    implicitHeight: cells.implicitHeight
    color: Theme.window

    LedgerCells {
        id: cells

        anchors.fill: parent
        anchors.leftMargin: Theme.gap
        anchors.rightMargin: Theme.gap
        ink: Theme.muted
        weight: Font.DemiBold
        texts: [qsTr("Loaded"), qsTr("Model"), qsTr("Type"), qsTr("Context"), qsTr("Predicted"), qsTr("Measured"), qsTr("Error")]
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.border
    }
}
