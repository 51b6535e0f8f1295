import QtQuick
import HwLedger

// Shows where the keyboard is; lies outside of what it surrounds.
Rectangle {
    property bool shown: false

    anchors.fill: parent
    anchors.margins: -2
    visible: shown
    radius: Theme.radius + 2
    color: "transparent"
    border.color: Theme.text
    border.width: 2
}
