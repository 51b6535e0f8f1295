import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Button {
    id: button

    // The one thing that this place is for.
    property bool primary: false
    // Among many of its kind: without a ground until it is pointed at.
    property bool quiet: false

    readonly property bool lit: down || hovered || checked

    implicitHeight: 34
    leftPadding: 12
    rightPadding: 12
    topPadding: 4
    bottomPadding: 4

    contentItem: Label {
        text: button.text
        font: button.font
        color: button.primary ? Theme.accentInk : button.quiet && !button.lit ? Theme.muted : Theme.text
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
        opacity: button.enabled ? 1 : 0.5
    }

    background: Rectangle {
        implicitWidth: 40
        radius: Theme.radius
        color: button.primary ? Theme.accent : button.lit ? Theme.trough : button.quiet ? "transparent" : Theme.raised
        border.color: button.primary || button.checked ? Theme.accent : Theme.border
        border.width: button.quiet ? 0 : 1
        opacity: button.enabled ? 1 : 0.5

        FocusRing {
            shown: button.visualFocus
        }
    }
}
