import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// What the daemon refused: its own words, and the field that they are about.
Label {
    required property var failure

    objectName: "failureText"
    visible: failure.isSet
    text: failure.field === "" ? qsTr("✕ %1").arg(failure.message) : qsTr("✕ %1 (field: %2)").arg(failure.message).arg(failure.field)
    textFormat: Text.PlainText
    color: Theme.bad
    wrapMode: Text.Wrap
    padding: Theme.gap
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    background: Rectangle {
        color: Theme.badSurface
        radius: Theme.radius
    }
}
