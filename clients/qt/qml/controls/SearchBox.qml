import QtQuick
import QtQuick.Controls.Basic

TextField {
    id: field

    signal searched(string words)

    implicitHeight: 36
    selectByMouse: true
    Accessible.role: Accessible.EditableText
    Accessible.name: placeholderText
    Accessible.searchEdit: true
    onTextEdited: searched(text)
    Keys.onEscapePressed: event => {
        event.accepted = text !== "";
        clear();
        searched("");
    }

    background: FieldFrame {
        focused: field.activeFocus
    }
}
