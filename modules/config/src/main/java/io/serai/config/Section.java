package io.serai.config;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One block of the configuration after the strict pass: only known keys, each with a valid value.
 * What was invalid has been reported and reads as its default.
 */
final class Section {
  private final KeyPath path;
  private final Place place;
  private final ReadContext context;

  /** Each is empty in most sections of a large configuration, and then takes no memory. */
  private Map<Key<?>, Object> values = Map.of();

  private Map<String, Place> places = Map.of();
  private Map<String, Section> blocks = Map.of();
  private Map<String, List<Section>> lists = Map.of();
  private boolean isFreelyNamed;

  Section(KeyPath path, Place place, ReadContext context) {
    this.path = path;
    this.place = place;
    this.context = context;
  }

  /** Whether the user chose its name, as for a queue. */
  boolean isFreelyNamed() {
    return isFreelyNamed;
  }

  void setFreelyNamed(boolean isFree) {
    isFreelyNamed = isFree;
  }

  KeyPath path() {
    return path;
  }

  /** Where the block stands. */
  Place place() {
    return place;
  }

  /** Where member {@code name} stands, else where the block does. */
  Place placeOf(String name) {
    return places.getOrDefault(name, place);
  }

  Place placeOf(Key<?> key) {
    return placeOf(key.name());
  }

  String pathOf(Key<?> key) {
    return path.then(key.name()).toString();
  }

  /** The value, or the key's default. */
  <T> T get(Key<T> key) {
    return find(key)
        .orElseThrow(() -> new IllegalStateException(pathOf(key) + " has no value and no default"));
  }

  /** The value, or the key's default, or nothing when it has none. */
  @SuppressWarnings("unchecked") // put() pairs each key with a value of its own type
  <T> Optional<T> find(Key<T> key) {
    T value = (T) values.get(key);
    return value != null ? Optional.of(value) : Optional.ofNullable(context.defaultOf(key));
  }

  /** Whether the key was written, valid or not. */
  boolean has(Key<?> key) {
    return places.containsKey(key.name());
  }

  /** The keys with a valid value, in no particular order. */
  Iterable<Key<?>> given() {
    return List.copyOf(values.keySet());
  }

  /** The block called {@code name}; an empty one when it is not there. */
  Section block(String name) {
    Section block = blocks.get(name);
    return block != null ? block : new Section(path.then(name), place, context);
  }

  /** Blocks by name, in the order of the file. */
  Map<String, Section> blocks() {
    return blocks;
  }

  /** The elements of the list called {@code name}. */
  List<Section> list(String name) {
    return lists.getOrDefault(name, List.of());
  }

  <T> void put(Key<T> key, T value) {
    values = values.isEmpty() ? new IdentityHashMap<>(4) : values;
    values.put(key, value);
  }

  void putPlace(String name, Place where) {
    places = places.isEmpty() ? new LinkedHashMap<>(4) : places;
    places.put(name, where);
  }

  void putBlock(String name, Section block) {
    blocks = blocks.isEmpty() ? new LinkedHashMap<>() : blocks;
    blocks.put(name, block);
  }

  void addTo(String name, Section element) {
    lists = lists.isEmpty() ? new LinkedHashMap<>() : lists;
    lists.computeIfAbsent(name, _ -> new ArrayList<>()).add(element);
  }
}
