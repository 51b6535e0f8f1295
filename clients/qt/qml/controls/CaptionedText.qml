import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A figure under its name.
ColumnLayout {
    id: captioned

    required property string caption
    required property string text

    visible: text !== ""
    spacing: 2
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("%1: %2").arg(caption).arg(text)

    FieldLabel {
        Layout.fillWidth: true
        text: captioned.caption
        Accessible.ignored: true
    }

    Label {
        Layout.fillWidth: true
        text: captioned.text
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }
}
