import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Row {
    id: entry

    required property string name
    required property string detail
    required property color swatch

    spacing: 6
    rightPadding: 12

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: 12
        height: 12
        radius: 2
        color: entry.swatch
        border.color: Theme.border
    }

    Label {
        text: entry.detail === "" ? entry.name : qsTr("%1 %2").arg(entry.name).arg(entry.detail)
        Accessible.ignored: true
    }
}
