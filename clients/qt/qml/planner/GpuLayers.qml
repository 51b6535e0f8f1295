import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// How many layers lie on the GPU: left to the daemon, or a number.
ColumnLayout {
    id: layers

    required property PlannerModel planner

    readonly property bool automatic: planner.gpuLayers < 0
    // The output layer counts as one.
    readonly property int layersMax: planner.layerCount + 1

    spacing: 4

    RowLayout {
        spacing: Theme.gap

        FieldLabel {
            Layout.fillWidth: true
            text: layers.automatic ? qsTr("Layers on the GPU: automatic") : !layers.planner.hasPrediction ? qsTr("Layers on the GPU: %1").arg(layers.planner.gpuLayers) : qsTr("Layers on the GPU: %1 of %2").arg(layers.planner.gpuLayers).arg(layers.layersMax)
        }

        Toggle {
            objectName: "gpuLayersAutomatic"
            text: qsTr("Automatic")
            checked: layers.automatic
            onToggled: layers.planner.gpuLayers = checked ? -1 : layers.layersMax
        }
    }

    CountSlider {
        objectName: "gpuLayersSlider"
        Layout.fillWidth: true
        visible: !layers.automatic
        to: Math.max(layers.layersMax, layers.planner.gpuLayers)
        stepSize: 1
        snapMode: Slider.SnapAlways
        value: layers.planner.gpuLayers
        Accessible.name: qsTr("Layers on the GPU")
        onMoved: layers.planner.gpuLayers = value
    }
}
