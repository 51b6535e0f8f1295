import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// Stands where there is nothing to show and says why.
Label {
    color: Theme.muted
    horizontalAlignment: Text.AlignHCenter
    verticalAlignment: Text.AlignVCenter
    wrapMode: Text.Wrap
    padding: Theme.margin
}
