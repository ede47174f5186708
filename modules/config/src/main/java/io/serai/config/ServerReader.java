package io.serai.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the {@link ServerConfig} and checks what is safe to open to other machines. */
final class ServerReader {
  private final Section root;
  private final ListenerReader listeners;
  private final Map<String, UserConfig> users;
  private final RoutingConfig routing;
  private final Problems problems;

  ServerReader(
      Section root,
      ListenerReader listeners,
      Map<String, UserConfig> users,
      RoutingConfig routing,
      Problems problems) {
    this.root = root;
    this.listeners = listeners;
    this.users = users;
    this.routing = routing;
    this.problems = problems;
  }

  ServerConfig read() {
    String anonymous = anonymousUser();
    for (ListenerConfig listener : listeners.listeners()) {
      checkVhost(listener);
      checkAnonymous(listener, anonymous);
    }
    checkReach();
    return new ServerConfig(
        root.block("node").get(ServerKeys.NODE_NAME),
        root.block("node").get(ServerKeys.DATA_DIR),
        root.block("node").get(ServerKeys.EVENT_LOOPS),
        listeners.listeners(),
        listeners.notInstalled(),
        limits(root.block("limits")),
        users,
        anonymous,
        root.block("sys-topics").get(ServerKeys.SYS_INTERVAL),
        root.block("sys-topics").get(ServerKeys.SYS_CLIENT_EVENTS),
        root.block("http").get(ServerKeys.OPEN_METRICS),
        new LogConfig(
            root.block("log").get(ServerKeys.LOG_LEVEL),
            root.block("log").get(ServerKeys.LOG_FORMAT)));
  }

  private Limits limits(Section at) {
    return new Limits(
        at.get(ServerKeys.MAX_CONNECTIONS),
        at.get(ServerKeys.MAX_MESSAGE_SIZE),
        at.get(ServerKeys.MEMORY_WATERMARK),
        at.get(ServerKeys.BUSY_SHARE),
        at.get(ServerKeys.DISK_FREE_LIMIT),
        at.get(ServerKeys.HANDSHAKE_TIMEOUT),
        at.get(ServerKeys.DRAIN_TIMEOUT),
        at.get(ServerKeys.MAX_CONNECTIONS_PER_USER),
        at.get(ServerKeys.MAX_CONNECTIONS_PER_ADDRESS),
        flapping(root.block("flapping-detect")));
  }

  private static FlappingConfig flapping(Section at) {
    return new FlappingConfig(
        at.get(ServerKeys.FLAPPING_ENABLE),
        at.get(ServerKeys.FLAPPING_MAX_COUNT),
        at.get(ServerKeys.FLAPPING_WINDOW_TIME),
        at.get(ServerKeys.FLAPPING_BAN_TIME));
  }

  private @Nullable String anonymousUser() {
    Section at = root.block("anonymous");
    String name = at.find(ServerKeys.ANONYMOUS_USER).orElse("");
    if (name.isEmpty()) {
      return null;
    }
    if (!users.containsKey(name)) {
      if (!at.placeOf(ServerKeys.ANONYMOUS_USER).isBuiltIn()) {
        problems.error(
            at.placeOf(ServerKeys.ANONYMOUS_USER),
            at.pathOf(ServerKeys.ANONYMOUS_USER),
            "there is no user " + Found.quoted(name),
            Suggestions.didYouMean(name, users.keySet()) + " (\"\" lets nobody in)");
      }
      return null; // the built-in rule goes with the built-in user
    }
    return name;
  }

  private void checkVhost(ListenerConfig listener) {
    if (!routing.vhosts().containsKey(listener.vhost())) {
      Section at = listeners.sectionOf(listener);
      problems.error(
          at.placeOf(ListenerKeys.VHOST),
          at.pathOf(ListenerKeys.VHOST),
          "there is no vhost " + Found.quoted(listener.vhost()),
          Suggestions.didYouMean(listener.vhost(), routing.vhosts().keySet()));
    }
  }

  /** One problem for each host that is said, however many listeners it opens. */
  private void checkReach() {
    if (users.values().stream().anyMatch(ServerReader::mayComeFromElsewhere)) {
      return;
    }
    Map<Section, List<String>> openedBy = new LinkedHashMap<>();
    for (ListenerConfig listener : listeners.listeners()) {
      if (!listener.isLoopback()) {
        Section at = listeners.sectionOf(listener);
        Section saysHost = at.has(ListenerKeys.LISTENER_HOST) ? at : root;
        openedBy.computeIfAbsent(saysHost, _ -> new ArrayList<>()).add(listener.name());
      }
    }
    openedBy.forEach((saysHost, names) ->
        problems.error(
            saysHost.placeOf("host"),
            saysHost.path().then("host").toString(),
            (names.size() == 1
                    ? "listener " + Found.quoted(names.getFirst())
                    : "the listeners " + String.join(", ", names))
                + " would be open to other machines, but no user may log in from there",
            "add users.NAME { password = ${NAME_PASSWORD}, permissions { \"/\" { ... } } };"
                + " guest is for loopback only"));
  }

  private static boolean mayComeFromElsewhere(UserConfig user) {
    return !user.isLoopbackOnly()
        && !isGuestDefault(user)
        && !(user.credential() instanceof Credential.NoLogin);
  }

  private void checkAnonymous(ListenerConfig listener, @Nullable String anonymous) {
    UserConfig who = anonymous == null ? null : users.get(anonymous);
    if (!listener.isLoopback()
        && listener.allowsAnonymous()
        && who != null
        && who.isLoopbackOnly()) {
      Section at = listeners.sectionOf(listener);
      problems.error(
          at.placeOf(ListenerKeys.ANONYMOUS),
          at.pathOf(ListenerKeys.ANONYMOUS),
          "the anonymous user " + Found.quoted(who.name()) + " is for loopback only",
          "set anonymous.user to a user that other machines may be");
    }
  }

  /** The well-known login must not become reachable by turning loopback-only off alone. */
  private static boolean isGuestDefault(UserConfig user) {
    return user.name().equals("guest")
        && user.credential().equals(new Credential.Password(new Secret("guest")));
  }
}
