/** The assembled node, driven from outside by third-party clients. */
package io.serai.interop;
