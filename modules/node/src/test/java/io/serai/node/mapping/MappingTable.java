package io.serai.node.mapping;

import io.serai.node.mapping.NativeProtocol.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/protocols/mapping.md. */
final class MappingTable {
  private static final String DROPPED = "—";
  private static final String ARROW = "⇒";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /**
   * One protocol's way to write a row's example.
   *
   * @param isDropped whether the protocol has no place for it
   * @param published what publishers say; empty when none can
   * @param delivered what consumers are told; empty when nothing is promised
   */
  record Cell(boolean isDropped, List<Field> published, List<Field> delivered) {}

  /** One row: its table's title, its name and its cells by column. */
  record Row(String table, String name, Map<String, Cell> cells) {}

  private MappingTable() {}

  /** All rows of all tables, looking for the page upwards from the current folder. */
  static List<Row> read() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    Path page = folder.resolve("docs/protocols/mapping.md");
    while (!Files.exists(page)) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IOException("docs/protocols/mapping.md is in no folder above this one");
      }
      page = folder.resolve("docs/protocols/mapping.md");
    }
    List<Row> rows = new ArrayList<>();
    String table = "";
    List<String> columns = List.of();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("## ")) {
        table = line.substring(3);
        columns = List.of();
      } else if (line.startsWith("|") && !line.startsWith("|---")) {
        List<String> parts = List.of(line.substring(1, line.lastIndexOf('|')).split("\\|"));
        if (columns.isEmpty()) {
          columns = parts.stream().map(String::strip).toList();
        } else {
          rows.add(row(table, columns, parts));
        }
      }
    }
    return rows;
  }

  private static Row row(String table, List<String> columns, List<String> parts) {
    String name = parts.getFirst().strip();
    if (parts.size() != columns.size()) {
      throw new IllegalArgumentException(
          "row '" + name + "' has " + parts.size() + " cells, not " + columns.size());
    }
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (int i = 1; i < parts.size(); i++) {
      cells.put(columns.get(i), cell(parts.get(i).strip()));
    }
    return new Row(table, name, cells);
  }

  private static Cell cell(String text) {
    if (text.equals(DROPPED)) {
      return new Cell(true, List.of(), List.of());
    }
    int arrow = text.indexOf(ARROW);
    if (arrow < 0) {
      return new Cell(false, fields(text), fields(text));
    }
    return new Cell(false, fields(text.substring(0, arrow)), fields(text.substring(arrow + 1)));
  }

  private static List<Field> fields(String text) {
    List<Field> fields = new ArrayList<>();
    Matcher matcher = CODE.matcher(text);
    while (matcher.find()) {
      String written = matcher.group(1);
      int colon = written.indexOf(':');
      fields.add(new Field(written.substring(0, colon), written.substring(colon + 1).strip()));
    }
    if (fields.isEmpty() && !text.isBlank() && !text.strip().equals(DROPPED)) {
      throw new IllegalArgumentException("no field in the cell '" + text + "'");
    }
    return fields;
  }
}
