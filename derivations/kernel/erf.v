(* The error function, its complement, and integrals of the density of a normal law by it. *)

Definition erf x := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition erfc x := 1 - erf x.

Lemma erf_slope x : is_derive erf x (2 / sqrt PI * exp (- x ^ 2)).
Proof.
  unfold erf; apply (is_derive_scal (fun y => RInt (fun t => exp (- t ^ 2)) 0 y)).
  assert (C : forall z, continuous (fun t => exp (- t ^ 2)) z)
    by (intros z; apply continuous_if_derivable; auto_derive; exact I).
  apply (is_derive_RInt (fun t => exp (- t ^ 2)) _ 0); [| apply C].
  apply filter_forall; intros z; apply (RInt_correct (V := R_CompleteNormedModule)).
  apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros y _; apply C.
Qed.

Lemma erf_zero : erf 0 = 0.
Proof. unfold erf; rewrite RInt_point; unfold zero; simpl; ring. Qed.

Lemma erf_slope_at k m x : is_derive (fun y => erf (k * y + m)) x (k * (2 / sqrt PI * exp (- (k * x + m) ^ 2))).
Proof.
  apply (is_derive_comp erf (fun y => k * y + m)); [apply erf_slope |].
  auto_derive; [exact I | ring].
Qed.

Lemma erf_odd x : erf (- x) = - erf x.
Proof.
  assert (H : RInt (fun y => 0) 0 x = (erf x + erf (- x)) - (erf 0 + erf (- 0))).
  { apply (integral_of_slope (fun _ => 0) (fun y => erf y + erf (- y))); intros z _.
    - assert (S := erf_slope_at (-1) 0 z).
      evar_last. apply @is_derive_plus. apply erf_slope.
      apply (is_derive_ext (fun y => erf (-1 * y + 0))); [| exact S].
      intros t; f_equal; ring. 
      unfold plus; simpl. replace (- ((-1 * z + 0) * ((-1 * z + 0) * 1))) with (- (z * (z * 1))) by ring. ring.
    - apply continuous_const. }
  rewrite RInt_const, Ropp_0, erf_zero in H; unfold scal in H; simpl in H; unfold mult in H; simpl in H; lra.
Qed.

Lemma integral_of_gauss (f : R -> R) c k m a b :
  (forall x, f x = c * (k * (2 / sqrt PI * exp (- (k * x + m) ^ 2)))) -> RInt f a b = c * (erf (k * b + m) - erf (k * a + m)).
Proof.
  intros E; rewrite Rmult_minus_distr_l.
  apply (integral_of_slope f (fun y => c * erf (k * y + m))); intros x _.
  - rewrite E; apply (is_derive_scal (fun y => erf (k * y + m))), erf_slope_at.
  - apply (continuous_ext (fun x => c * (k * (2 / sqrt PI * exp (- (k * x + m) ^ 2))))); [intros; now rewrite E |].
    apply continuous_if_derivable; auto_derive; exact I.
Qed.
