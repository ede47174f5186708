package io.serai.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The shape of the configuration, built from the paths of the catalogue: a tree of named keys, of
 * any-name places ({@code *}) and of list elements ({@code []}).
 */
final class Schema {
  private final Map<String, Schema> children = new LinkedHashMap<>();
  private @Nullable Key<?> key;
  private @Nullable TreeSet<String> names;

  static Schema of(Catalogue catalogue) {
    Schema root = new Schema();
    for (Key<?> key : catalogue.keys()) {
      Schema place = root;
      for (String step : key.steps()) {
        place = place.children.computeIfAbsent(step, _ -> new Schema());
      }
      place.key = key;
    }
    return root;
  }

  /** The key whose value stands here; null for a block or list. */
  @Nullable Key<?> key() {
    return key;
  }

  /** What a member called {@code name} must look like; null when there is no such key. */
  @Nullable Schema member(String name) {
    Schema named = name.equals("*") || name.equals("[]") ? null : children.get(name);
    return named != null ? named : children.get("*");
  }

  /** What each list element must look like; null when this is no list. */
  @Nullable Schema element() {
    return children.get("[]");
  }

  /** The names that exist here. */
  SortedSet<String> names() {
    TreeSet<String> known = names;
    if (known == null) {
      known = new TreeSet<>(children.keySet());
      known.remove("*");
      known.remove("[]");
      names = known; // the tree is whole by the time somebody asks
    }
    return Collections.unmodifiableSortedSet(known);
  }

  /** Whether a key or block of that name exists here. */
  boolean hasName(String name) {
    return children.containsKey(name) && !name.equals("*") && !name.equals("[]");
  }
}
