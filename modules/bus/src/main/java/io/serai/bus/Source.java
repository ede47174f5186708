package io.serai.bus;

/**
 * Who defined an exchange, queue or binding: a reload of the configuration touches only its own.
 */
public enum Source {
  CONF,
  CLIENT,
  API
}
