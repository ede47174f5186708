package io.serai.config;

import java.util.List;

/** Writes the configuration reference from the catalogue, as Markdown. */
public final class ReferencePage {
  private ReferencePage() {}

  private static final String HEAD =
      """
      # Configuration

      <!-- Written from the catalogue of keys in modules/config. Do not edit: a test compares it.
           Renew it with
           ./mvnw -q -pl modules/config -am test -Dtest=ConfigurationPageTest+ShippedFilesTest -Dserai.renew=true -Dsurefire.failIfNoSpecifiedTests=false
           which also copies conf/ into the jar's resources. -->

      A node starts without any file, on built-in defaults: every listener on its usual port, open \
      to this machine only, with the user `guest` (password `guest`). `conf/serai.conf` and \
      `conf/routing.conf` are those defaults, with comments; copy what you want to change into a \
      file of your own, or edit them, and start with `./serai start --conf FILE`.

      Check a file before using it with `./serai check --conf FILE`. It tells every problem in one \
      run, one per line:

      ```
      conf/routing.conf:14 vhosts."/".rules[2].to.exchang: unknown key; did you mean "exchange"?
      ```

      ## How values come together

      Files are [HOCON](https://github.com/lightbend/config/blob/main/HOCON.md): JSON with \
      comments, without needless quotes, with includes. Later layers win, key by key:

      1. the defaults in the tables below,
      2. the built-in `serai.conf` and `routing.conf`,
      3. the file given by `--conf`, or `conf/serai.conf` beside the launcher, with everything it includes,
      4. for `./serai demo`, the built-in `demo.conf`, which adds to the lists of the file,
      5. `--set key=value` on the command line, the last one for a key wins.

      - **A key set to `null`** takes a built-in value away: `users.guest = null`, \
      `listeners.stomp = null`.
      - **Environment.** `${NAME}` is the variable NAME and must be set; `${?NAME}` may be missing \
      and then leaves what was there: `port = 1883` followed by `port = ${?SERAI_MQTT}`. The \
      built-in file reads `SERAI_AMQP`, `SERAI_MQTT`, `SERAI_STOMP`, `SERAI_COAP`, `SERAI_WAMP` and \
      `SERAI_HTTP` (ports) and `SERAI_DATA` (the data folder). `SERAI_MQTT_WS`, `SERAI_STOMP_WS` and \
      `SERAI_WAMP_RAW` are the second ports of their protocols; where the first is set and the second \
      is not, the second takes a free port, so that two nodes on one machine need only the first. A \
      variable that is set to nothing counts as set. A file of your own that gives a port wins over these variables unless it \
      reads them too.
      - **`--set`.** The value is plain text to its end, so it may hold any character; only one that \
      starts with `{`, `[` or `"` is read as HOCON: `--set 'users.eve={password=x, tags=[monitoring]}'`.
      - **Includes.** `include "more.conf"` is relative to the file that says it and must exist. Only \
      a name that ends in `.local.conf` may be missing: use it for settings of one machine. URLs and \
      class path resources cannot be included. The same name is never tried with other endings.
      - **Lists are replaced, blocks are merged.** A second `bindings = [ ... ]` replaces the first; \
      `bindings += { ... }` adds to it.
      - **A key set twice in one file** is an error (HOCON would silently take the second), except \
      when the second reads the environment.
      - **Names with dots** need quotes: `queues."orders.new" { }`.
      - **Units.** A time always has one: `500 ms`, `10 s`, `5 m`, `2 h`, `7 d`. A size may: \
      `4096`, `64 MiB`, `10 MB` (KiB, MiB, GiB are powers of 1024; kB, MB, GB of 1000).
      - **File names** are relative to the file that holds them; from `--set` and the environment to \
      the folder the node was started in, as is `node.data-dir`.

      ## Secrets

      Passwords are never shown: not in errors, not in `--set` echoes, not in logs. Three ways keep \
      them out of the file: `password = ${NAME}` from the environment, `password-file = plant.secret`, \
      and `verifier = "scram-sha-256$..."`, from which nobody can log in. What stands on a command \
      line is visible to other users of the machine, so do not give passwords with `--set` there.

      ## Changes while the node runs

      Keys marked *live* below take effect when a watched file changes or on `SIGHUP`; all files that \
      were read are watched, also those that may be missing. The whole configuration is read and \
      checked; then the routes are swapped at once, or, on any error, refused as a whole with the \
      reasons logged and the old routes kept. The difference is logged line by line. Only objects \
      that come from the files are touched; what clients declared stays. Changes of other keys are \
      named in the log and wait for the next start.

      """;

  /** The whole page; ends with a line end. */
  public static String render(Catalogue catalogue) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append(
        "## Keys\n\n`*` stands for a name of your choice, `[]` for each element of a list.\n");
    for (Catalogue.Topic topic : catalogue.topics()) {
      page.append("\n### ").append(topic.title()).append("\n\n");
      if (!topic.intro().isEmpty()) {
        page.append(topic.intro()).append("\n\n");
      }
      table(page, topic.keys());
    }
    return page.toString();
  }

  private static void table(StringBuilder page, List<Key<?>> keys) {
    page.append("| key | value | default | change | meaning |\n| --- | --- | --- | --- | --- |\n");
    for (Key<?> key : keys) {
      page.append("| `").append(key.path()).append("` | ");
      page.append(cell(key.allowed())).append(" | ").append(fallback(key)).append(" | ");
      page.append(key.isReloadable() ? "live" : "restart").append(" | ");
      page.append(cell(key.text())).append(" |\n");
    }
  }

  private static String fallback(Key<?> key) {
    if (key.isRequired()) {
      return "*required*";
    }
    String written = key.fallback();
    return written == null ? "" : "`" + cell(written) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
