import QtQuick
import QtQuick.Layouts
import HwLedger

// What can be done with a model.
RowLayout {
    id: actions

    required property string modelId
    required property bool isLoading
    required property bool isReady
    required property string stateText
    required property bool isPinned
    required property bool loadable
    required property LibraryModel library

    readonly property bool holdsFocus: pinSwitch.activeFocus || loadButton.activeFocus || unloadButton.activeFocus || cancelButton.activeFocus

    spacing: Theme.gap

    Toggle {
        id: pinSwitch

        objectName: "pinSwitch"
        visible: actions.isReady
        text: qsTr("Keep loaded")
        checked: actions.isPinned
        Accessible.name: qsTr("Keep %1 loaded").arg(actions.modelId)
        onToggled: actions.library.pin(actions.modelId, checked)
    }

    ActionButton {
        id: loadButton

        objectName: "loadButton"
        visible: actions.loadable && actions.stateText === ""
        text: qsTr("Load")
        Accessible.name: qsTr("Load %1").arg(actions.modelId)
        onClicked: actions.library.load(actions.modelId)
    }

    ActionButton {
        id: cancelButton

        objectName: "cancelLoadButton"
        visible: actions.isLoading
        text: qsTr("Cancel")
        Accessible.name: qsTr("Cancel loading %1").arg(actions.modelId)
        onClicked: actions.library.cancelLoad(actions.modelId)
    }

    ActionButton {
        id: unloadButton

        objectName: "unloadButton"
        visible: actions.isReady
        text: qsTr("Unload")
        Accessible.name: qsTr("Unload %1").arg(actions.modelId)
        onClicked: actions.library.unload(actions.modelId)
    }
}
