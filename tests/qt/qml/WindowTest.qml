import QtQuick
import QtTest
import HwLedger

// A test with the window open, beside the fake daemon.
TestCase {
    id: test

    property var window: null
    readonly property list<size> sizes: [Qt.size(1280, 800), Qt.size(800, 600)]

    when: windowShown

    Component {
        id: main

        Main {}
    }

    function init() {
        failOnWarning(/\.qml/);
        window = createTemporaryObject(main, null, {
            "session": session
        });
        verify(window);
        tryVerify(() => session.daemon.state === Daemon.Connected && session.run.choices.count > 0);
        waitForRendering(window.contentItem);
    }

    function find(name: string): var {
        return everyVisible(name)[0] ?? null;
    }

    function everyVisible(name: string): var {
        const found = [];
        const visit = item => {
            if (!item.visible)
                return;
            if (item.objectName === name)
                found.push(item);
            for (const child of item.children)
                visit(child);
        };
        visit(window.contentItem);
        return found;
    }

    function goTo(page: string) {
        click("nav" + page);
        tryCompare(find("pageTitle"), "text", page);
    }

    function click(name: string) {
        tryVerify(() => find(name) !== null, 5000, name + " is not to be seen");
        mouseClick(find(name));
    }

    function type(name: string, text: string) {
        click(name);
        const field = find(name);
        field.selectAll();
        for (const character of text)
            keyClick(character);
    }

    function pick(model: string, text: string) {
        type(model + "Field", text);
        keyClick(Qt.Key_Return);
    }

    // At each size: nothing sticks out, and everything has a name.
    function check() {
        for (const size of sizes) {
            window.width = size.width;
            window.height = size.height;
            waitForRendering(window.contentItem);
            compare(stage.whatSticksOut(window), [], size.width + "×" + size.height);
            compare(stage.whatHasNoName(window), []);
        }
    }
}
