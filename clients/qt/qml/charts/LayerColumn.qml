import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Item {
    id: column

    required property int index
    required property int layerIndex
    required property string kindText
    required property real weightsBytes
    required property real kvCacheBytes
    required property string weightsText
    required property string kvCacheText
    required property string device
    required property real weightsMax
    required property real kvCacheMax
    required property int rowHeight
    required property bool marked

    readonly property string spoken: qsTr("Layer %1 · %2 · weights %3 · KV cache %4 · on %5").arg(layerIndex).arg(kindText).arg(weightsText).arg(kvCacheText).arg(device)

    signal entered

    function strength(bytes: real, max: real): real {
        return max > 0 ? 0.12 + 0.88 * bytes / max : 0;
    }

    height: 2 * rowHeight + 2

    ToolTip.visible: hover.hovered
    ToolTip.delay: 300
    ToolTip.text: spoken

    HoverHandler {
        id: hover

        onHoveredChanged: {
            if (hovered)
                column.entered();
        }
    }

    Column {
        anchors.fill: parent
        anchors.rightMargin: column.width > 4 ? 1 : 0
        spacing: 2

        Rectangle {
            width: parent.width
            height: column.rowHeight
            color: Theme.raised

            Rectangle {
                anchors.fill: parent
                color: Theme.weights
                opacity: column.strength(column.weightsBytes, column.weightsMax)
            }
        }

        Rectangle {
            width: parent.width
            height: column.rowHeight
            color: Theme.raised

            Rectangle {
                anchors.fill: parent
                visible: column.kvCacheBytes > 0
                color: Theme.kvCache
                opacity: column.strength(column.kvCacheBytes, column.kvCacheMax)
            }
        }
    }

    FocusRing {
        shown: column.marked
    }
}
