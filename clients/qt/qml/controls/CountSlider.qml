import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Slider {
    id: slider

    palette.dark: Theme.accent

    handle: Rectangle {
        x: slider.leftPadding + slider.visualPosition * (slider.availableWidth - width)
        y: slider.topPadding + (slider.availableHeight - height) / 2
        implicitWidth: 20
        implicitHeight: 20
        radius: 10
        color: slider.pressed ? Theme.accent : Theme.base
        border.color: Theme.accent
        border.width: slider.visualFocus ? 4 : 2
    }
}
