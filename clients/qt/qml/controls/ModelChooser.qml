pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A model by name: type to search, arrow keys and Enter to pick. What is typed
// and matches nothing is taken as it is, so that a path works too.
ColumnLayout {
    id: chooser

    required property ModelChoices choices
    required property string modelId
    property string label: qsTr("Model")

    readonly property size windowSize: Qt.size(Window.width, Window.height)

    signal picked(string modelId)

    function pick(name: string) {
        popup.close();
        chooser.picked(name);
        field.text = Qt.binding(() => chooser.modelId);
    }

    spacing: 4

    FieldLabel {
        Layout.fillWidth: true
        visible: text !== ""
        text: chooser.label
        Accessible.ignored: true
    }

    TextField {
        id: field

        objectName: chooser.objectName + "Field"
        Layout.fillWidth: true
        implicitHeight: 36
        text: chooser.modelId
        placeholderText: qsTr("Search models")
        selectByMouse: true
        Accessible.role: Accessible.ComboBox
        Accessible.name: qsTr("Model")
        Accessible.description: qsTr("Type to search, pick with the arrow keys and Enter")

        onTextEdited: {
            chooser.choices.search = text;
            popup.open();
        }
        onPressed: {
            chooser.choices.search = "";
            selectAll();
            popup.open();
        }
        onAccepted: {
            const entry = list.currentItem as ModelChoice;
            chooser.pick(popup.visible && entry ? entry.modelId : text);
        }
        onActiveFocusChanged: {
            if (!activeFocus)
                text = Qt.binding(() => chooser.modelId);
        }

        Keys.onDownPressed: {
            if (popup.visible)
                list.incrementCurrentIndex();
            popup.open();
        }
        Keys.onUpPressed: list.decrementCurrentIndex()
        Keys.onEscapePressed: event => {
            event.accepted = popup.visible;
            popup.close();
            text = Qt.binding(() => chooser.modelId);
        }

        background: FieldFrame {
            focused: field.activeFocus
        }

        Popup {
            id: popup

            y: field.height + 2
            width: Math.max(field.width, Math.min(440, chooser.windowSize.width - 80))
            height: Math.min(list.contentHeight + 2 * padding, 360, chooser.windowSize.height - 160)
            padding: 4
            margins: Theme.gap
            focus: false
            visible: false
            closePolicy: Popup.CloseOnPressOutsideParent

            background: Rectangle {
                color: Theme.base
                border.color: Theme.border
                radius: Theme.radius
            }

            contentItem: ListView {
                id: list

                objectName: chooser.objectName + "List"
                clip: true
                model: chooser.choices
                currentIndex: 0
                highlightMoveDuration: 0
                ScrollBar.vertical: ScrollBar {}
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Models")

                delegate: ModelChoice {
                    width: ListView.view.width
                    highlighted: ListView.isCurrentItem
                    onClicked: chooser.pick(modelId)
                }
            }
        }
    }
}
