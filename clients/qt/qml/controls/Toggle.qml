import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// On or off, at once.
Switch {
    id: toggle

    padding: 0
    topPadding: 4
    bottomPadding: 4
    spacing: Theme.gap

    indicator: Rectangle {
        x: toggle.mirrored ? toggle.width - width - toggle.rightPadding : toggle.leftPadding
        y: toggle.topPadding + (toggle.availableHeight - height) / 2
        implicitWidth: 36
        implicitHeight: 20
        radius: height / 2
        color: toggle.checked ? Theme.accent : Theme.base
        border.color: toggle.checked ? Theme.accent : Theme.border
        opacity: toggle.enabled ? 1 : 0.5

        Rectangle {
            x: 4 + toggle.visualPosition * (parent.width - width - 8)
            y: 4
            width: 12
            height: 12
            radius: 6
            color: toggle.checked ? Theme.accentInk : Theme.border
        }

        FocusRing {
            radius: height / 2
            shown: toggle.visualFocus
        }
    }

    contentItem: Label {
        leftPadding: toggle.mirrored ? 0 : toggle.indicator.width + toggle.spacing
        rightPadding: toggle.mirrored ? toggle.indicator.width + toggle.spacing : 0
        text: toggle.text
        verticalAlignment: Text.AlignVCenter
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }
}
