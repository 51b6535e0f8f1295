import QtQuick
import QtQuick.Dialogs
import QtQuick.Layouts
import HwLedger

// What is asked of the planner.
Panel {
    id: form

    required property PlannerModel planner

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        RowLayout {
            spacing: Theme.gap

            ModelChooser {
                objectName: "plannerModel"
                Layout.fillWidth: true
                choices: form.planner.choices
                modelId: form.planner.modelId
                onPicked: name => form.planner.modelId = name
            }

            ActionButton {
                objectName: "openFileButton"
                Layout.alignment: Qt.AlignBottom
                implicitHeight: 36
                text: qsTr("Open…")
                Accessible.name: qsTr("Open a model file")
                onClicked: fileDialog.open()
            }
        }

        LogSlider {
            objectName: "sequenceLength"
            Layout.fillWidth: true
            label: qsTr("Context in tokens")
            from: 128
            to: Math.max(256, form.planner.sequenceLengthMax)
            value: form.planner.sequenceLength
            mark: form.planner.longestContext
            markText: !form.planner.hasPrediction ? "" : mark > 0 ? qsTr("Longest that fits: %L1").arg(mark) : qsTr("✕ No context fits")
            onMoved: count => form.planner.sequenceLength = count
        }

        LogSlider {
            objectName: "batchSize"
            Layout.fillWidth: true
            label: qsTr("Sequences at once")
            from: 1
            to: form.planner.batchSizeMax
            value: form.planner.batchSize
            onMoved: count => form.planner.batchSize = count
        }

        Choice {
            objectName: "quantization"
            Layout.fillWidth: true
            label: qsTr("Type of the weights")
            value: form.planner.quantization
            values: form.planner.quantizations
            emptyText: qsTr("As stored")
            onChosen: type => form.planner.quantization = type
        }

        Choice {
            objectName: "kvCacheType"
            Layout.fillWidth: true
            label: qsTr("Type of the KV cache")
            value: form.planner.kvCacheType
            values: form.planner.kvCacheTypes
            emptyText: qsTr("Default (f16)")
            onChosen: type => form.planner.kvCacheType = type
        }

        Choice {
            objectName: "device"
            Layout.fillWidth: true
            label: qsTr("Device")
            value: form.planner.device
            values: form.planner.devicePresets
            emptyText: qsTr("This machine")
            onChosen: name => form.planner.device = name
        }

        GpuLayers {
            Layout.fillWidth: true
            planner: form.planner
        }
    }

    FileDialog {
        id: fileDialog

        title: qsTr("Choose a model file")
        nameFilters: [qsTr("GGUF models (*.gguf)")]
        onAccepted: form.planner.chooseFile(selectedFile)
    }
}
