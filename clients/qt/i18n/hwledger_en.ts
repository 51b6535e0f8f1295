<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>DeviceShare</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>hwledger::LibraryModel</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>hwledger::PlannerModel</name>
    <message numerus="yes">
        <source>%1 · %2 parameters · %n layer(s) · %3</source>
        <translation>
            <numerusform>%1 · %2 parameters · %n layer · %3</numerusform>
            <numerusform>%1 · %2 parameters · %n layers · %3</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>hwledger::RunModel</name>
    <message numerus="yes">
        <source>Waiting – %n before this one</source>
        <translation>
            <numerusform>Waiting – %n before this one</numerusform>
            <numerusform>Waiting – %n before this one</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
</TS>
