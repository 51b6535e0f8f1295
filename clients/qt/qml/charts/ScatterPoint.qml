import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Rectangle {
    id: point

    required property string modelId
    required property real predictedBytes
    required property real measuredBytes
    required property string predictedText
    required property string measuredText
    required property string errorText

    readonly property bool shown: predictedBytes > 0 && measuredBytes > 0

    visible: shown
    width: 10
    height: 10
    radius: 5
    color: Theme.accent
    border.color: Theme.base
    opacity: 0.85

    ToolTip.visible: hover.hovered
    ToolTip.text: qsTr("%1: predicted %2, measured %3 (%4)").arg(modelId).arg(predictedText).arg(measuredText).arg(errorText)

    HoverHandler {
        id: hover

        margin: 4
    }
}
