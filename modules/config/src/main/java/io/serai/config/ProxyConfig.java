package io.serai.config;

import java.time.Duration;
import java.util.List;

/**
 * A listener behind a proxy that names the real peer (PROXY protocol v1 and v2).
 *
 * @param timeout how long the header may take
 * @param trusted addresses and ranges ({@code 10.0.0.0/8}) of proxies; empty for any
 */
public record ProxyConfig(Duration timeout, List<String> trusted) {
  public ProxyConfig {
    trusted = List.copyOf(trusted);
  }
}
