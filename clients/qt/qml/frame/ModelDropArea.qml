import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// Takes a GGUF file dropped anywhere on the window.
DropArea {
    id: area

    signal droppedFile(url file)

    function modelIn(urls: list<url>): url {
        return urls.find(url => url.toString().toLowerCase().endsWith(".gguf")) ?? "";
    }

    objectName: "modelDropArea"
    keys: ["text/uri-list"]
    onEntered: drag => drag.accepted = modelIn(drag.urls).toString() !== ""
    onDropped: drop => {
        const file = modelIn(drop.urls);
        if (file.toString() === "")
            return;
        drop.accept(Qt.CopyAction);
        area.droppedFile(file);
    }

    Rectangle {
        anchors.fill: parent
        visible: area.containsDrag
        color: Theme.window
        opacity: 0.9
        border.color: Theme.accent
        border.width: 3

        Label {
            anchors.centerIn: parent
            text: qsTr("Drop to plan this model")
            font.pointSize: 18
        }
    }
}
