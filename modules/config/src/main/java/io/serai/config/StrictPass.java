package io.serai.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks the whole configuration along the catalogue's shape: every unknown key, wrong type, wrong
 * unit and value out of range is reported, the rest becomes {@link Section}s and {@link Setting}s.
 */
final class StrictPass {
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^?}][^}]*)}");

  private static final Comparator<Placed> IN_FILE_ORDER =
      Comparator.comparing(Placed::place).thenComparing(Placed::name);

  private final Problems problems;
  private final ReadContext context;
  private final List<Setting> settings = new ArrayList<>();
  private final Set<Section> halvesOfDottedNames = new HashSet<>();

  StrictPass(Problems problems, ReadContext context) {
    this.problems = problems;
    this.context = context;
  }

  Section walk(ConfigObject root, Schema schema) {
    Section section = new Section(KeyPath.ROOT, Place.of(root.origin()), context);
    members(root, schema, section);
    return section;
  }

  /** Every value that was given, in the order of the keys. */
  List<Setting> settings() {
    return settings.stream().sorted(Comparator.comparing(Setting::key)).toList();
  }

  private void members(ConfigObject object, Schema schema, Section section) {
    for (Placed placed : inFileOrder(object)) {
      ConfigValue value = placed.value();
      String name = placed.name();
      KeyPath path = section.path().then(name);
      Schema expected = schema.member(name);
      if (isUnresolved(value)) {
        section.putPlace(name, placed.place());
        reportUnresolved(value, path);
      } else if (value.valueType() == ConfigValueType.NULL) {
        continue; // takes a default away
      } else if (expected == null) {
        reportUnknown(value, section, name, schema);
      } else {
        section.putPlace(name, placed.place());
        boolean isFreelyNamed = !schema.hasName(name);
        member(placed, expected, section, path, isFreelyNamed);
      }
    }
    for (String name : schema.names()) {
      Schema expected = schema.member(name);
      Key<?> key = expected == null ? null : expected.key();
      if (key != null && key.isRequired() && !section.has(key) && !isHalfOfDottedName(section)) {
        problems.error(
            section.place(), section.path().then(name).toString(), "is missing", key.allowed());
      }
    }
  }

  private void member(
      Placed placed, Schema expected, Section parent, KeyPath path, boolean isFreelyNamed) {
    ConfigValue value = placed.value();
    String name = path.name();
    Key<?> key = expected.key();
    Schema element = expected.element();
    if (key != null) {
      leaf(placed, key, parent, path);
    } else if (element != null) {
      if (value instanceof ConfigList list) {
        elements(list, element, parent, path, name);
      } else {
        wrongShape(value, path, "a list", name + " = [ { ... } ]");
      }
    } else if (value instanceof ConfigObject object) {
      Section block = new Section(path, placed.place(), context);
      block.setFreelyNamed(isFreelyNamed);
      parent.putBlock(name, block);
      members(object, expected, block);
    } else {
      wrongShape(value, path, "a block", KeyPath.quoted(name) + " { ... }");
    }
  }

  private void elements(
      ConfigList list, Schema element, Section parent, KeyPath path, String name) {
    for (int i = 0; i < list.size(); i++) {
      ConfigValue value = list.get(i);
      KeyPath at = path.at(i);
      if (isUnresolved(value)) {
        reportUnresolved(value, at);
      } else if (value instanceof ConfigObject object) {
        Section block = new Section(at, Place.of(value.origin()), context);
        parent.addTo(name, block);
        members(object, element, block);
      } else {
        wrongShape(value, at, "a block", "{ ... }");
      }
    }
  }

  private <T> void leaf(Placed placed, Key<T> key, Section section, KeyPath path) {
    ConfigValue value = placed.value();
    List<ConfigValue> unresolved = unresolvedInside(value);
    if (!unresolved.isEmpty()) {
      unresolved.forEach(inner -> reportUnresolved(inner, path));
      return;
    }
    switch (key.type().read(value, context)) {
      case KeyType.Good<T>(T good) -> {
        section.put(key, good);
        String shown = key.isSecret() ? "(hidden)" : String.valueOf(value.unwrapped());
        settings.add(new Setting(path.toString(), good, shown, placed.place(), key));
      }
      case KeyType.Bad<T>(String message, String hint) ->
          problems.error(placed.place(), path.toString(), message, hint);
    }
  }

  private void wrongShape(ConfigValue value, KeyPath path, String wanted, String example) {
    problems.error(
        Place.of(value.origin()),
        path.toString(),
        "expected " + wanted + ", found " + Found.kind(value),
        "write " + example);
  }

  private void reportUnknown(ConfigValue value, Section section, String name, Schema schema) {
    SortedSet<String> names = schema.names();
    String close = Suggestions.closest(name, names);
    String hint =
        close.isEmpty()
            ? "known here: " + String.join(", ", names)
            : "did you mean \"" + close + "\"?";
    if (close.isEmpty() && value instanceof ConfigObject && section.isFreelyNamed()) {
      halvesOfDottedNames.add(section);
      String whole = section.path().name() + "." + name;
      hint = "a name with dots must stand in quotes: \"" + whole + "\"";
    }
    problems.error(
        Place.of(value.origin()), section.path().then(name).toString(), "unknown key", hint);
  }

  /**
   * {@code queues { a.b { } }} is read as a queue {@code a}: do not complain about that one too.
   */
  private boolean isHalfOfDottedName(Section section) {
    return halvesOfDottedNames.contains(section);
  }

  private static boolean isUnresolved(ConfigValue value) {
    try {
      var type = value.valueType(); // each of the two throws for a kind of unresolved value
      return type == ConfigValueType.OBJECT && ((ConfigObject) value).size() < 0;
    } catch (ConfigException.NotResolved e) {
      return true;
    }
  }

  private static List<ConfigValue> unresolvedInside(ConfigValue value) {
    if (isUnresolved(value)) {
      return List.of(value);
    }
    if (!(value instanceof ConfigList) && !(value instanceof ConfigObject)) {
      return List.of();
    }
    return switch (value) {
      case ConfigList list ->
          list.stream().flatMap(inner -> unresolvedInside(inner).stream()).toList();
      case ConfigObject object ->
          object.values().stream().flatMap(inner -> unresolvedInside(inner).stream()).toList();
      default -> List.of();
    };
  }

  private void reportUnresolved(ConfigValue value, KeyPath path) {
    Matcher names = SUBSTITUTION.matcher(value.render());
    String name = names.find() ? names.group(1) : "";
    problems.error(
        Place.of(value.origin()),
        path.toString(),
        "${" + name + "} has no value",
        "set the environment variable "
            + name
            + ", or write ${?"
            + name
            + "} if it may be missing");
  }

  /** A member and where it stands. */
  private record Placed(String name, ConfigValue value, Place place) {}

  /** Members by line, since the library keeps no order and problems should be told in order. */
  private static List<Placed> inFileOrder(ConfigObject object) {
    List<Placed> members = new ArrayList<>(object.size());
    for (String name : object.keySet()) { // entrySet() would hash all that lies below
      ConfigValue value = object.get(name);
      members.add(new Placed(name, value, Place.of(value.origin())));
    }
    members.sort(IN_FILE_ORDER);
    return members;
  }
}
