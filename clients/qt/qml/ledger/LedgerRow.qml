import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Rectangle {
    id: row

    required property int index
    required property string loadedAtText
    required property string modelId
    required property string architecture
    required property string quantization
    required property string contextText
    required property string sequencesText
    required property string predictedText
    required property string measuredText
    required property string errorText
    required property string methodText
    required property string loadTimeText
    required property bool current

    readonly property string detail: [architecture, sequencesText, methodText, loadTimeText].filter(part => part !== "").join(" · ")

    implicitHeight: cells.implicitHeight
    color: hover.hovered ? Theme.raised : index % 2 ? Theme.window : Theme.base

    Accessible.role: Accessible.Row
    Accessible.name: qsTr("%1, loaded %2: predicted %3, measured %4, error %5").arg(modelId).arg(loadedAtText).arg(predictedText).arg(measuredText).arg(errorText)
    Accessible.description: detail

    ToolTip.visible: hover.hovered || current
    ToolTip.delay: 500
    ToolTip.text: modelId + "\n" + detail

    HoverHandler {
        id: hover
    }

    LedgerCells {
        id: cells

        anchors.fill: parent
        anchors.leftMargin: Theme.gap
        anchors.rightMargin: Theme.gap
        texts: [row.loadedAtText, row.modelId, row.quantization, row.contextText, row.predictedText, row.measuredText, row.errorText]
    }

    FocusRing {
        anchors.margins: 0
        shown: row.current
    }
}
