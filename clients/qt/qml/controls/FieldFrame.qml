import QtQuick
import HwLedger

// The ground of whatever is typed or chosen in.
Rectangle {
    property bool focused: false

    implicitWidth: 120
    implicitHeight: 36
    color: Theme.base
    radius: Theme.radius
    border.color: focused ? Theme.accent : Theme.border
    border.width: focused ? 2 : 1
}
