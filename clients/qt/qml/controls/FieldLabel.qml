import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Label {
    color: Theme.muted
    wrapMode: Text.Wrap
}
