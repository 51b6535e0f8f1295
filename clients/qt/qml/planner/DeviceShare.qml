import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// What one device holds of the model.
ColumnLayout {
    id: share

    required property string name
    required property string kindText
    required property real weightsBytes
    required property real kvCacheBytes
    required property real computeBytes
    required property real outputBytes
    required property real backendBytes
    required property real freeBytes
    required property string totalText
    required property string freeText
    required property string weightsText
    required property string kvCacheText
    required property string computeText
    required property string outputText
    required property string backendText
    required property int verdict
    required property string verdictText
    required property int layerCount

    spacing: 6

    RowLayout {
        spacing: Theme.gap

        ElidedText {
            Layout.fillWidth: true
            text: share.name
            elide: Text.ElideMiddle
            font.weight: Font.DemiBold
            Layout.maximumWidth: Math.ceil(implicitWidth) + 1
        }

        Label {
            Layout.fillWidth: true
            Layout.minimumWidth: implicitWidth
            text: [share.kindText === share.name ? "" : share.kindText, share.totalText, share.layerCount > 0 ? qsTr("%n layer(s)", "", share.layerCount) : ""].filter(part => part !== "").join(" · ")
            color: Theme.muted
        }

        VerdictBadge {
            verdict: share.verdict
            ToolTip.visible: hover.hovered
            ToolTip.text: share.verdictText

            HoverHandler {
                id: hover
            }
        }
    }

    StackedBar {
        objectName: "deviceBar"
        Layout.fillWidth: true
        capacity: share.freeBytes
        freeText: share.freeText
        parts: [
            {
                "name": qsTr("Weights"),
                "bytes": share.weightsBytes,
                "text": share.weightsText,
                "color": Theme.weights,
                "ink": Theme.weightsInk
            },
            {
                "name": qsTr("KV cache"),
                "bytes": share.kvCacheBytes,
                "text": share.kvCacheText,
                "color": Theme.kvCache,
                "ink": Theme.kvCacheInk
            },
            {
                "name": qsTr("Compute"),
                "bytes": share.computeBytes,
                "text": share.computeText,
                "color": Theme.compute,
                "ink": Theme.computeInk
            },
            {
                "name": qsTr("Output"),
                "bytes": share.outputBytes,
                "text": share.outputText,
                "color": Theme.output,
                "ink": Theme.outputInk
            },
            {
                "name": qsTr("Driver"),
                "bytes": share.backendBytes,
                "text": share.backendText,
                "color": Theme.driver,
                "ink": Theme.driverInk
            }
        ]
    }
}
