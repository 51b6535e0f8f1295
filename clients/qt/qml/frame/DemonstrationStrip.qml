import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Label {
    objectName: "demonstrationStrip"
    padding: 4
    leftPadding: Theme.margin
    rightPadding: Theme.margin
    text: qsTr("Demonstration: recorded answers, no daemon")
    color: Theme.muted
    elide: Text.ElideRight

    background: Rectangle {
        color: Theme.raised
    }
}
