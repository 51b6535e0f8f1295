import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Rectangle {
    id: part

    required property string name
    required property string detail
    required property color ink

    ToolTip.visible: hover.hovered
    ToolTip.text: detail === "" ? name : qsTr("%1: %2").arg(name).arg(detail)

    HoverHandler {
        id: hover
    }

    Label {
        id: label

        anchors.centerIn: parent
        visible: implicitWidth + 8 <= part.width
        text: part.name
        color: part.ink
        Accessible.ignored: true
    }

    Rectangle {
        anchors.right: parent.right
        width: Math.min(1, part.width)
        height: parent.height
        color: Theme.base
    }
}
