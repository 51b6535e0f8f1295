import QtQuick
import QtQuick.Controls.Basic

// One line; what does not fit is in the tool tip.
Label {
    id: label

    property string toolTip: truncated ? text : ""

    elide: Text.ElideRight
    ToolTip.visible: hover.hovered && toolTip !== ""
    ToolTip.delay: 500
    ToolTip.text: toolTip

    HoverHandler {
        id: hover
    }
}
