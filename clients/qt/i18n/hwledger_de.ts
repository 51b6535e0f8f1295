<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AccuracyTable</name>
    <message>
        <source>Error by architecture and part</source>
        <translation>Fehler nach Architektur und Teil</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Architektur</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Loads</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>Größter</translation>
    </message>
    <message>
        <source>Nothing has been measured yet.</source>
        <translation>Noch wurde nichts gemessen.</translation>
    </message>
</context>
<context>
    <name>AccuracyView</name>
    <message>
        <source>Measured over predicted</source>
        <translation>Gemessen über vorhergesagt</translation>
    </message>
</context>
<context>
    <name>Appearance</name>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Another language counts from the next start on.</source>
        <translation>Eine andere Sprache gilt ab dem nächsten Start.</translation>
    </message>
</context>
<context>
    <name>CaptionedText</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>ConnectionBanner</name>
    <message>
        <source>⚠ The daemon at %1 is not reachable.</source>
        <translation>⚠ Der Dienst unter %1 ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>Command that starts the daemon</source>
        <translation>Befehl, der den Dienst startet</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>Conversation</name>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
</context>
<context>
    <name>CopyButton</name>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>hwledger::Daemon</name>
    <message>
        <source>%1 could not be started.</source>
        <translation>%1 ließ sich nicht starten.</translation>
    </message>
    <message>
        <source>The daemon is about to stop.</source>
        <translation>Der Dienst hört gerade auf.</translation>
    </message>
    <message>
        <source>No daemon answers at %1.</source>
        <translation>Unter %1 antwortet kein Dienst.</translation>
    </message>
    <message>
        <source>The daemon at %1 does not let you in: %2</source>
        <translation>Der Dienst unter %1 lässt Sie nicht ein: %2</translation>
    </message>
</context>
<context>
    <name>DaemonForm</name>
    <message>
        <source>Add a daemon</source>
        <translation>Dienst hinzufügen</translation>
    </message>
    <message>
        <source>Edit the daemon</source>
        <translation>Dienst ändern</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>host:port or unix:/path/to/socket</source>
        <translation>Rechner:Port oder unix:/Pfad/zum/Socket</translation>
    </message>
    <message>
        <source>TLS certificate (PEM file)</source>
        <translation>TLS-Zertifikat (PEM-Datei)</translation>
    </message>
    <message>
        <source>None: not encrypted</source>
        <translation>Keines: unverschlüsselt</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Choose the certificate</source>
        <translation>Zertifikat wählen</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>Unverändert</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>The token is kept in the keyring of your desktop.</source>
        <translation>Das Token liegt im Schlüsselbund des Desktops.</translation>
    </message>
    <message>
        <source>There is no keyring: the token is forgotten when the program ends.</source>
        <translation>Es gibt keinen Schlüsselbund: Das Token wird mit dem Programmende vergessen.</translation>
    </message>
    <message>
        <source>✕ %1</source>
        <translation>✕ %1</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt)</source>
        <translation>Zertifikate (*.pem *.crt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>DaemonList</name>
    <message>
        <source>Daemons</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a daemon</source>
        <translation>Dienst hinzufügen</translation>
    </message>
</context>
<context>
    <name>DemonstrationStrip</name>
    <message>
        <source>Demonstration: recorded answers, no daemon</source>
        <translation>Vorführung: aufgezeichnete Antworten, kein Dienst</translation>
    </message>
</context>
<context>
    <name>DeviceCard</name>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Bandwidth</source>
        <translation>Bandbreite</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Rechenleistung</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>Freier Speicher</translation>
    </message>
    <message>
        <source>Utilization</source>
        <translation>Auslastung</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
</context>
<context>
    <name>DeviceShare</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Rechnen</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Driver</source>
        <translation>Treiber</translation>
    </message>
</context>
<context>
    <name>hwledger::DevicesModel</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message>
        <source>No devices are known yet.</source>
        <translation>Noch sind keine Geräte bekannt.</translation>
    </message>
</context>
<context>
    <name>hwledger</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>memory bandwidth</source>
        <translation>Speicherbandbreite</translation>
    </message>
    <message>
        <source>compute</source>
        <translation>Rechenleistung</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>integrated GPU</source>
        <translation>integrierte GPU</translation>
    </message>
    <message>
        <source>accelerator</source>
        <translation>Beschleuniger</translation>
    </message>
    <message>
        <source>end of text</source>
        <translation>Textende</translation>
    </message>
    <message>
        <source>stop string</source>
        <translation>Stoppzeichenfolge</translation>
    </message>
    <message>
        <source>length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>tool calls</source>
        <translation>Werkzeugaufrufe</translation>
    </message>
    <message>
        <source>full attention</source>
        <translation>volle Attention</translation>
    </message>
    <message>
        <source>sliding window</source>
        <translation>gleitendes Fenster</translation>
    </message>
    <message>
        <source>chunked attention</source>
        <translation>abschnittsweise Attention</translation>
    </message>
    <message>
        <source>latent attention</source>
        <translation>latente Attention</translation>
    </message>
    <message>
        <source>recurrent</source>
        <translation>rekurrent</translation>
    </message>
    <message>
        <source>hybrid</source>
        <translation>hybrid</translation>
    </message>
    <message>
        <source>no cache</source>
        <translation>kein Cache</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>lädt</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>unloading</source>
        <translation>wird entladen</translation>
    </message>
    <message>
        <source>formula: weights and KV cache to the byte, compute within a few per cent</source>
        <translation>Formel: Gewichte und KV-Cache aufs Byte, Rechenpuffer auf wenige Prozent genau</translation>
    </message>
    <message>
        <source>a dry run of the engine: exact</source>
        <translation>Probelauf der Engine: exakt</translation>
    </message>
    <message>
        <source>catalogue</source>
        <translation>Katalog</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Hugging Face</source>
        <translation>Hugging Face</translation>
    </message>
    <message>
        <source>Ollama</source>
        <translation>Ollama</translation>
    </message>
    <message>
        <source>LM Studio</source>
        <translation>LM Studio</translation>
    </message>
    <message>
        <source>llama.cpp</source>
        <translation>llama.cpp</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>passt</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>knapp</translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation>passt nicht</translation>
    </message>
    <message>
        <source>The connection to the daemon was lost.</source>
        <translation>Die Verbindung zum Dienst ist abgerissen.</translation>
    </message>
    <message>
        <source>The daemon gave the request up.</source>
        <translation>Der Dienst hat die Anfrage aufgegeben.</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>Der Dienst hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The daemon failed without a reason (code %1).</source>
        <translation>Der Dienst ist ohne Angabe eines Grundes gescheitert (Code %1).</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>%1 verwenden</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Edit %1</source>
        <translation>%1 ändern</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>An address is HOST:PORT or unix:/PATH; this is “%1”.</source>
        <translation>Eine Adresse ist HOST:PORT oder unix:/PFAD; dies ist „%1“.</translation>
    </message>
    <message>
        <source>The certificate %1 cannot be read.</source>
        <translation>Das Zertifikat %1 lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>A token is sent over an encrypted connection only, which takes a certificate.</source>
        <translation>Ein Token wird nur über eine verschlüsselte Verbindung gesendet, und dazu braucht es ein Zertifikat.</translation>
    </message>
</context>
<context>
    <name>FailureText</name>
    <message>
        <source>✕ %1</source>
        <translation>✕ %1</translation>
    </message>
    <message>
        <source>✕ %1 (field: %2)</source>
        <translation>✕ %1 (Feld: %2)</translation>
    </message>
</context>
<context>
    <name>GpuLayers</name>
    <message>
        <source>Layers on the GPU: automatic</source>
        <translation>Schichten auf der GPU: automatisch</translation>
    </message>
    <message>
        <source>Layers on the GPU: %1 of %2</source>
        <translation>Schichten auf der GPU: %1 von %2</translation>
    </message>
    <message>
        <source>Layers on the GPU: %1</source>
        <translation>Schichten auf der GPU: %1</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>Schichten auf der GPU</translation>
    </message>
</context>
<context>
    <name>LaunchLines</name>
    <message>
        <source>Start it with llama.cpp</source>
        <translation>Mit llama.cpp starten</translation>
    </message>
    <message>
        <source>Command line for llama.cpp</source>
        <translation>Befehlszeile für llama.cpp</translation>
    </message>
    <message>
        <source>Start it with vLLM</source>
        <translation>Mit vLLM starten</translation>
    </message>
    <message>
        <source>Command line for vLLM</source>
        <translation>Befehlszeile für vLLM</translation>
    </message>
</context>
<context>
    <name>LayerColumn</name>
    <message>
        <source>Layer %1 · %2 · weights %3 · KV cache %4 · on %5</source>
        <translation>Schicht %1 · %2 · Gewichte %3 · KV-Cache %4 · auf %5</translation>
    </message>
</context>
<context>
    <name>LayerHeatMap</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Memory by layer</source>
        <translation>Speicher je Schicht</translation>
    </message>
</context>
<context>
    <name>LedgerHeading</name>
    <message>
        <source>Loaded</source>
        <translation>Geladen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>LedgerPage</name>
    <message>
        <source>Loads</source>
        <translation>Ladevorgänge</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Search loads</source>
        <translation>Ladevorgänge suchen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
</context>
<context>
    <name>LedgerRow</name>
    <message>
        <source>%1, loaded %2: predicted %3, measured %4, error %5</source>
        <translation>%1, geladen %2: vorhergesagt %3, gemessen %4, Fehler %5</translation>
    </message>
</context>
<context>
    <name>LedgerTable</name>
    <message>
        <source>Loads</source>
        <translation>Ladevorgänge</translation>
    </message>
    <message>
        <source>Reading the ledger…</source>
        <translation>Das Protokoll wird gelesen …</translation>
    </message>
    <message>
        <source>No load matches the search.</source>
        <translation>Kein Ladevorgang passt zur Suche.</translation>
    </message>
    <message>
        <source>Nothing has been loaded yet.</source>
        <translation>Noch wurde nichts geladen.</translation>
    </message>
</context>
<context>
    <name>LegendEntry</name>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>LibraryActions</name>
    <message>
        <source>Keep loaded</source>
        <translation>Geladen halten</translation>
    </message>
    <message>
        <source>Keep %1 loaded</source>
        <translation>%1 geladen halten</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Load %1</source>
        <translation>%1 laden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel loading %1</source>
        <translation>Laden von %1 abbrechen</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>Entladen</translation>
    </message>
    <message>
        <source>Unload %1</source>
        <translation>%1 entladen</translation>
    </message>
</context>
<context>
    <name>LibraryEntry</name>
    <message>
        <source>✓ %1</source>
        <translation>✓ %1</translation>
    </message>
    <message>
        <source>measured %1</source>
        <translation>gemessen %1</translation>
    </message>
    <message>
        <source>predicted %1</source>
        <translation>vorhergesagt %1</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
</context>
<context>
    <name>hwledger::LibraryModel</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n läuft</numerusform>
            <numerusform>%n laufen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>Search models</source>
        <translation>Modelle suchen</translation>
    </message>
    <message>
        <source>Also models that are not on this machine</source>
        <translation>Auch Modelle, die nicht auf diesem Rechner liegen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>Modelle werden gesucht …</translation>
    </message>
    <message>
        <source>No model matches the search.</source>
        <translation>Kein Modell passt zur Suche.</translation>
    </message>
    <message>
        <source>No models were found on this machine.</source>
        <translation>Auf diesem Rechner wurden keine Modelle gefunden.</translation>
    </message>
</context>
<context>
    <name>LineChart</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Not reported</source>
        <translation>Nicht gemeldet</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>hwLedger</source>
        <translation>hwLedger</translation>
    </message>
</context>
<context>
    <name>MarkdownBlock</name>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
</context>
<context>
    <name>ModelChooser</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>Modelle suchen</translation>
    </message>
    <message>
        <source>Type to search, pick with the arrow keys and Enter</source>
        <translation>Zum Suchen tippen, mit Pfeiltasten und Eingabetaste wählen</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
</context>
<context>
    <name>ModelDropArea</name>
    <message>
        <source>Drop to plan this model</source>
        <translation>Ablegen, um dieses Modell zu planen</translation>
    </message>
</context>
<context>
    <name>NavigationButton</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>NavigationRail</name>
    <message>
        <source>Planner</source>
        <translation>Planer</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Ledger</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
</context>
<context>
    <name>PageHeader</name>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindung wird aufgebaut …</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>PlanSummary</name>
    <message>
        <source>Total: %1</source>
        <translation>Insgesamt: %1</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Reading the prompt</source>
        <translation>Eingabe lesen</translation>
    </message>
    <message>
        <source>Writing the answer</source>
        <translation>Antwort schreiben</translation>
    </message>
    <message>
        <source>Limited by</source>
        <translation>Begrenzt durch</translation>
    </message>
    <message>
        <source>Method: %1</source>
        <translation>Verfahren: %1</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
</context>
<context>
    <name>PlannerAnswer</name>
    <message>
        <source>Planning…</source>
        <translation>Wird geplant …</translation>
    </message>
    <message>
        <source>Choose a model, or drop a .gguf file on the window, to see what memory it needs.</source>
        <translation>Wählen Sie ein Modell oder ziehen Sie eine .gguf-Datei auf das Fenster, um zu sehen, wie viel Speicher es braucht.</translation>
    </message>
    <message>
        <source>Memory by layer</source>
        <translation>Speicher je Schicht</translation>
    </message>
</context>
<context>
    <name>PlannerForm</name>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Open a model file</source>
        <translation>Modelldatei öffnen</translation>
    </message>
    <message>
        <source>Context in tokens</source>
        <translation>Kontext in Token</translation>
    </message>
    <message>
        <source>✕ No context fits</source>
        <translation>✕ Kein Kontext passt</translation>
    </message>
    <message>
        <source>Longest that fits: %L1</source>
        <translation>Längster, der passt: %L1</translation>
    </message>
    <message>
        <source>Sequences at once</source>
        <translation>Sequenzen zugleich</translation>
    </message>
    <message>
        <source>Type of the weights</source>
        <translation>Typ der Gewichte</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>Wie gespeichert</translation>
    </message>
    <message>
        <source>Type of the KV cache</source>
        <translation>Typ des KV-Cache</translation>
    </message>
    <message>
        <source>Default (f16)</source>
        <translation>Vorgabe (f16)</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Choose a model file</source>
        <translation>Modelldatei wählen</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF-Modelle (*.gguf)</translation>
    </message>
</context>
<context>
    <name>hwledger::PlannerModel</name>
    <message>
        <source>%1: %2 of %3 that are free</source>
        <translation>%1: %2 von %3, die frei sind</translation>
    </message>
    <message>
        <source>Free memory is not known</source>
        <translation>Der freie Speicher ist nicht bekannt</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %2 parameters · %n layer(s) · %3</source>
        <translation>
            <numerusform>%1 · %2 Parameter · %n Schicht · %3</numerusform>
            <numerusform>%1 · %2 Parameter · %n Schichten · %3</numerusform>
        </translation>
    </message>
    <message>
        <source> · %1 active</source>
        <translation> · %1 aktiv</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>PromptBox</name>
    <message>
        <source>Write a message</source>
        <translation>Nachricht schreiben</translation>
    </message>
    <message>
        <source>Write the beginning of a text</source>
        <translation>Anfang eines Textes schreiben</translation>
    </message>
    <message>
        <source>Enter sends, Shift+Enter begins a new line</source>
        <translation>Eingabetaste sendet, Umschalt+Eingabetaste beginnt eine neue Zeile</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
</context>
<context>
    <name>Reasoning</name>
    <message>
        <source>Thinking…</source>
        <translation>Denkt nach …</translation>
    </message>
    <message>
        <source>Hide the reasoning</source>
        <translation>Überlegungen verbergen</translation>
    </message>
    <message>
        <source>Show the reasoning</source>
        <translation>Überlegungen zeigen</translation>
    </message>
</context>
<context>
    <name>hwledger::RunModel</name>
    <message>
        <source>Waiting – next in line</source>
        <translation>Wartet – als Nächstes an der Reihe</translation>
    </message>
    <message numerus="yes">
        <source>Waiting – %n before this one</source>
        <translation>
            <numerusform>Wartet – %n davor</numerusform>
            <numerusform>Wartet – %n davor</numerusform>
        </translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Lädt das Modell</translation>
    </message>
    <message>
        <source>Reading the prompt</source>
        <translation>Liest die Eingabe</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Schreibt</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>first token after %1</source>
        <translation>erstes Token nach %1</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunOptions</name>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Off: the model goes on with the text as it is</source>
        <translation>Aus: Das Modell setzt den Text fort, wie er ist</translation>
    </message>
    <message>
        <source>What the model is told first</source>
        <translation>Was dem Modell zuerst gesagt wird</translation>
    </message>
    <message>
        <source>The model&apos;s own temperature</source>
        <translation>Temperatur des Modells</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>At most tokens (0: no limit)</source>
        <translation>Token höchstens (0: alle)</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
</context>
<context>
    <name>RunProgress</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>RunSide</name>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>Erstes Token</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
</context>
<context>
    <name>ScatterChart</name>
    <message>
        <source>Measured over predicted memory of %1 loads</source>
        <translation>Gemessener über vorhergesagtem Speicher von %1 Ladevorgängen</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
</context>
<context>
    <name>ScatterPoint</name>
    <message>
        <source>%1: predicted %2, measured %3 (%4)</source>
        <translation>%1: vorhergesagt %2, gemessen %3 (%4)</translation>
    </message>
</context>
<context>
    <name>hwledger::SettingsModel</name>
    <message>
        <source>A name is needed.</source>
        <translation>Ein Name fehlt.</translation>
    </message>
    <message>
        <source>Another daemon is called “%1” already.</source>
        <translation>Ein anderer Dienst heißt schon „%1“.</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>hwLedger %1</source>
        <translation>hwLedger %1</translation>
    </message>
</context>
<context>
    <name>StackedBar</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1, free: %2</source>
        <translation>%1, frei: %2</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>Free before loading</source>
        <translation>Vor dem Laden frei</translation>
    </message>
</context>
<context>
    <name>StackedBarPart</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>Turn</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
</context>
<context>
    <name>TurnList</name>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Choose a model, then write to it below.</source>
        <translation>Wählen Sie ein Modell und schreiben Sie ihm dann unten.</translation>
    </message>
    <message>
        <source>Write something below. The answer appears here as it is made.</source>
        <translation>Schreiben Sie unten etwas. Die Antwort erscheint hier, während sie entsteht.</translation>
    </message>
    <message>
        <source>↓ To the end</source>
        <translation>↓ Zum Ende</translation>
    </message>
</context>
<context>
    <name>VerdictBadge</name>
    <message>
        <source>Fits</source>
        <translation>Passt</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>Knapp</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>Passt nicht</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
</context>
</TS>
