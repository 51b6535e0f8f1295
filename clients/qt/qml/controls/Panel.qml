import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Pane {
    padding: Theme.margin

    background: Rectangle {
        color: Theme.base
        radius: Theme.radius
        border.color: Theme.line
    }
}
