package io.serai.node;

import io.serai.config.Credential;
import io.serai.config.ScramVerifier;
import io.serai.config.Secret;
import io.serai.config.ServerConfig;
import io.serai.config.UserConfig;
import io.serai.gateway.driver.AddressRange;
import io.serai.security.AuthOptions;
import io.serai.security.UserSpec;
import io.serai.security.UserSpec.PermissionSpec;
import io.serai.security.UserSpec.TopicPermissionSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Users as configured, in the words of the security module. */
final class UserMapping {
  private UserMapping() {}

  static List<UserSpec> users(ServerConfig server) {
    return server.users().values().stream().map(UserMapping::user).toList();
  }

  static AuthOptions options(ServerConfig server) {
    Set<String> onlyHere =
        server.users().values().stream()
            .filter(UserConfig::isLoopbackOnly)
            .map(UserConfig::name)
            .collect(Collectors.toUnmodifiableSet());
    String anonymous = server.anonymousUser() == null ? "" : server.anonymousUser();
    Map<String, List<AddressRange>> addresses = new HashMap<>();
    for (UserConfig user : server.users().values()) {
      if (!user.addresses().isEmpty()) {
        addresses.put(user.name(), user.addresses().stream().map(AddressRange::parse).toList());
      }
    }
    return new AuthOptions(onlyHere, anonymous, addresses, AuthOptions.DEFAULTS.loginCacheTtl());
  }

  private static UserSpec user(UserConfig user) {
    List<PermissionSpec> permissions = new ArrayList<>();
    List<TopicPermissionSpec> topics = new ArrayList<>();
    user.permissions()
        .forEach((vhost, permission) -> {
          permissions.add(
              new PermissionSpec(
                  vhost, permission.configure(), permission.write(), permission.read()));
          permission
              .topics()
              .forEach((exchange, topic) ->
                  topics.add(
                      new TopicPermissionSpec(
                          vhost,
                          exchange,
                          topic.write(),
                          topic.read(),
                          topic.maxQos(),
                          topic.mayRetain())));
        });
    return switch (user.credential()) {
      case Credential.Password(Secret secret) ->
          new UserSpec(user.name(), secret.reveal(), null, user.tags(), permissions, topics);
      case Credential.Stored(ScramVerifier verifier) ->
          new UserSpec(user.name(), null, verifier.written(), user.tags(), permissions, topics);
      case Credential.NoLogin() ->
          new UserSpec(user.name(), null, null, user.tags(), permissions, topics);
    };
  }
}
