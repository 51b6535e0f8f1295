import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// The verdict and the figures.
Panel {
    id: summary

    required property PlannerModel planner

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        RowLayout {
            spacing: 12

            VerdictBadge {
                objectName: "verdictBadge"
                verdict: summary.planner.verdict
            }

            Label {
                objectName: "totalLabel"
                text: summary.planner.totalText
                font.pointSize: 16
                font.weight: Font.DemiBold
                Accessible.name: qsTr("Total: %1").arg(text)
            }

            Label {
                objectName: "roomText"
                Layout.fillWidth: true
                text: summary.planner.roomText
                wrapMode: Text.Wrap
                color: Theme.muted
            }
        }

        ElidedText {
            objectName: "modelText"
            Layout.fillWidth: true
            text: summary.planner.modelText
        }

        GridLayout {
            Layout.fillWidth: true
            columns: Math.max(2, Math.min(3, Math.floor(width / 170)))
            uniformCellWidths: true
            columnSpacing: Theme.margin
            rowSpacing: 12

            CaptionedText {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("Weights")
                text: summary.planner.weightsText
            }

            CaptionedText {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("KV cache")
                text: summary.planner.kvCacheText
            }

            CaptionedText {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("Runtime")
                text: summary.planner.overheadText
            }

            CaptionedText {
                objectName: "prefillText"
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("Reading the prompt")
                text: summary.planner.prefillText
            }

            CaptionedText {
                objectName: "decodeText"
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("Writing the answer")
                text: summary.planner.decodeText
            }

            CaptionedText {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignTop
                caption: qsTr("Limited by")
                text: summary.planner.bindingText
            }
        }

        FieldLabel {
            objectName: "methodText"
            Layout.fillWidth: true
            visible: summary.planner.methodText !== ""
            text: qsTr("Method: %1").arg(summary.planner.methodText)
        }

        Repeater {
            model: summary.planner.warnings

            Label {
                required property string modelData

                Layout.fillWidth: true
                text: qsTr("⚠ %1").arg(modelData)
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                color: Theme.caution
            }
        }
    }
}
